# The exact texts of the domain specification (section 2, 4.4, 4.5, 6.3, 8.3). A changed text is a new version: its hash stands in every consent.

T-OOS-UNP =
    Thank you for telling me. This service is for people who are not paid by the UN. People who work for the UN can ask the UN Ethics Office for protection from retaliation: { $ETHICS_CONTACT }. If you work for another UN agency, it has its own ethics office.
    I keep nothing if you stop here.
    .c1 = I am in danger now
    .c2 = I think this is wrong, go on
    .c3 = End and clear this chat

T-OOS-GEN =
    I am sorry this happened. This service is only for people who are threatened or punished because of contact with the UN. It seems there was no such contact.
    You can still tell UN human rights experts about a rights problem: { $SP_SUBMISSION_LINK }. A national human rights body or a local rights group may also help, if you trust them.
    I keep nothing if you stop here.
    .c1 = I am in danger now
    .c2 = There was contact with the UN, go on
    .c3 = End and clear this chat

T-OOS-EMG = This sounds like an emergency. I cannot send police, doctors or rescue. If it is safe for you, call your local emergency number or ask someone near you whom you trust. Do not call the police if they are part of the problem.
    .c1 = This is because of contact with the UN
    .c2 = End and clear this chat

T-OOS-OTH = It seems the contact was with a body that is not part of the UN. That body should be able to help: { $BODY_NAME } { $BODY_LINK }. I keep nothing if you stop here.
    .c1 = There was contact with the UN too, go on
    .c2 = End and clear this chat

T-OOS-AID = I cannot help with money, visas, asylum or jobs. For refuge and asylum you can contact { $REFUGEE_HELP_LINK }. I keep nothing if you stop here.
    .c1 = This is because of contact with the UN
    .c2 = End and clear this chat

Q01 = Hello. Choose a language.
    .c1 = English
    .c2 = Français
    .c3 = Español
    .c4 = العربية
    .c5 = 中文
    .c6 = Русский

Q02 = Before we start: is it safe for you to write here now?
    .c1 = Yes
    .c2 = Not sure
    .c3 = No
    .after = Send 000 at any time and I will go quiet.

T-SAFE-TIP = You can turn the screen away, lower the brightness, or move to a place where you are alone. You can stop at any time. Shall we go on?
    .c1 = Yes, go on
    .c2 = Later

T-LATER = That is fine. Come back when it is safe. I have kept nothing. You can delete this chat now.

Q03 = Are you, or the person you want to write about, in danger right now?
    .c1 = Yes, now
    .c2 = Maybe, soon
    .c3 = No
    .c4 = I do not want to say

T-SOON = Do you want to reach a person first?
    .c1 = Yes, reach a person
    .c2 = No, go on with the questions

Q04 = Can someone else see this phone or this chat?
    .c1 = No, only me
    .c2 = Someone may see it
    .c3 = It is not my phone
    .c4 = I think it is being watched

T-DEVICE = Then let us be careful. I will ask short questions and you can answer with numbers only. No names, no photos. A safer way: use another phone, or write later.
    .c1 = Go on with short questions
    .c2 = Stop for now

Q06-TIMER = I can make the messages in this chat disappear by themselves. When?
    .c1 = After 1 hour
    .c2 = After 1 day
    .c3 = Leave as it is

Q06-PHRASE = If the chat stops, you can come back with these words: { $WORD1 } { $WORD2 } { $WORD3 } { $WORD4 }. Remember them or keep them in a safe place. Do not save them on this phone.
    .c1 = Ready
    .c2 = I do not need this

Q06-PANIC = 000 always hides this chat. Do you also want a word of your own that does the same? Send a word you would not write by chance, or 0 for no.

Q08 = Did you, or the person you write about, have contact with the United Nations, or try to? This can be a report, a complaint, a talk, a meeting, a training, a message, or anything like that.
    .c1 = Yes
    .c2 = Tried, but was stopped
    .c3 = Plan to
    .c4 = No, but someone thinks so
    .c5 = No
    .c6 = Not sure

Q09 = Was this contact part of a paid job for the UN? For example as UN staff, consultant or UN Volunteer.
    .c1 = No
    .c2 = Yes
    .c3 = Not sure

Q10 = Who are you in this report?
    .c1 = It happened to me
    .c2 = It happened to a family member
    .c3 = I saw it or know about it
    .c4 = I help someone (lawyer, friend, worker)
    .c5 = I write for a group or organization

Q11 = Does this person know that you are writing to us?
    .c1 = Yes, and they agree
    .c2 = Yes, but they do not agree
    .c3 = No, but I can ask them
    .c4 = No, I cannot reach them
    .c5 = The person has died

T-TP-YES = Good. The officer will check this with the person in a safe way before anything is done.

T-TP-NO = Thank you for telling me. The person said no, so I must not take down their story. You can still tell me what happened to you, or ask for advice without names.
    .c1 = Tell what happened to me
    .c2 = Ask for advice, no names
    .c3 = Stop

T-TP-ASK = It is better to ask first, if that is safe. You can come back with your secret words. If you cannot wait, go on without names or details that show who it is.
    .c1 = I will ask and come back
    .c2 = Go on without names

T-TP-UNREACH = I understand. We can take a short report. No step that shows who the person is will be taken before the person, or the closest family, agrees.
    .c1 = Go on
    .c2 = Stop

Q11b = May you speak for this group or organization?
    .c1 = Yes
    .c2 = Only for myself
    .c3 = I need to ask first
    .after = Please do not name members who have not agreed. A number is enough for now.

Q12 = Is the person this happened to under 18?
    .c1 = Yes
    .c2 = No
    .c3 = Not sure

T-CHILD = Thank you for telling me. We will not tell your family, your school or anyone else unless you say yes. Is there an adult you trust who may help you with this?
    .c1 = Yes, and they know
    .c2 = Yes, but they do not know yet
    .c3 = No

Q13 = Who was harmed or put under pressure?
    .c1 = One person
    .c2 = Several people
    .c3 = An organization or group
    .c4 = Family of someone who had contact with the UN

Q14 = What should we call you? Choose any name. It should not be your real name, and not a name that others know you by.

Q15 = Should the officer know your real name? We can help without it. Some steps later are only possible with a name. We would ask you again first.
    .c1 = No, not now
    .c2 = I will tell the officer myself, later
    .c3 = Yes, I will write it now

Q16-ROLE = Which of these fit the person? This helps us to see special risks. You can choose more than one, or 0.
    .c1 = Human rights defender or activist
    .c2 = Works for a group or NGO
    .c3 = Lawyer, judge or journalist
    .c4 = Told the UN about what happened to them, or saw it
    .c5 = Works for the state or a state body
    .c6 = Indigenous person or leader
    .c7 = In prison, in exile or a refugee
    .c8 = Family or helper

Q16-GENDER = How does the person describe themselves?
    .c1 = Woman or girl
    .c2 = Man or boy
    .c3 = Another way
    .c4 = Prefer not to say

Q17 = Which part of the UN was it? You can choose more than one.
    .c1 = A UN office in a country, or the UN human rights office
    .c2 = A UN peace mission
    .c3 = An independent expert (special rapporteur, working group)
    .c4 = A UN committee of experts (treaty body)
    .c5 = The Human Rights Council or the UPR in Geneva
    .c6 = A UN investigation or inquiry
    .c7 = The UN in New York (Security Council, General Assembly, ECOSOC)
    .c8 = Another UN agency, or I do not know

Q18 = Do you know its name? Write a few words, for example torture, or women. Send 0 if you do not know.

Q19 = What was the contact?
    .c1 = Gave information or a report
    .c2 = Spoke as a witness or was interviewed
    .c3 = Sent a complaint
    .c4 = Went to a meeting, event or training
    .c5 = Spoke online or sent a video
    .c6 = Met visitors from the UN
    .c7 = Helped someone else to do this
    .c8 = Something else

Q20 = When was it, or when is it planned? A rough answer is fine.
    .c1 = It is still going on
    .c2 = In the last 7 days
    .c3 = In the last month
    .c4 = In the last year
    .c5 = Longer ago
    .c6 = It is planned

Q22 = What makes you think there is a link between the contact and what happened? You can choose more than one.
    .c1 = They said so
    .c2 = It came soon before or after
    .c3 = They had a copy, photo or recording of it
    .c4 = Others who had contact were targeted too
    .c5 = They told us to stop, or to take it back
    .c6 = I am not sure

Q23 = What happened? Choose all that fit. You do not need to give painful details.
    .c1 = Threats or harassment
    .c2 = Watching, following, hacking or online attacks
    .c3 = Arrest, prison or court case
    .c4 = Travel stopped, or forced to leave
    .c5 = Violence, or a person is missing or dead
    .c6 = Lies or hate in public
    .c7 = Trouble for an organization, job, money or papers
    .c8 = Kept away from the UN, or family targeted

Q24 = If you want, tell what happened in your own words. A few lines are enough. Please leave out names of other people and the exact place where you are now. You can also send a voice message. Send 0 to skip.

Q25 = When did the last thing happen?
    .c1 = Today or now
    .c2 = In the last 7 days
    .c3 = In the last month
    .c4 = In the last year
    .c5 = Longer ago
    .c6 = Not sure

Q26 = In which country did it happen? Write the name. If it was online or in several places, write that.

Q27 = Who did this, as far as you know?
    .c1 = Police, army or security service
    .c2 = Court, prosecutor or prison
    .c3 = Other state person, or an embassy
    .c4 = Armed group
    .c5 = Company, guards or criminals
    .c6 = Community, religious leader or family
    .c7 = Unknown people, or people online
    .c8 = Someone who works for the UN

T-COI = Thank you for telling me. The people you name will not receive this. It will go to a separate office. Which UN office or team should not see it?

Q29 = Is it still going on?
    .c1 = Yes
    .c2 = Yes, and it is getting worse
    .c3 = It has stopped
    .c4 = Not sure

Q30-WHERE = Do you know where the person is held?
    .c1 = Yes, held in a known place
    .c2 = No, we do not know where
    .c3 = The person is free now

Q30-LAST = When did anyone last hear from the person?
    .c1 = Today
    .c2 = In the last 3 days
    .c3 = In the last 7 days
    .c4 = Longer ago
    .c5 = Never since then

Q30-NEED = Does the person urgently need a doctor or medicine?
    .c1 = Yes
    .c2 = No
    .c3 = Not sure

Q31 = Did they say when something would happen?
    .c1 = Yes, in the next 24 hours
    .c2 = Yes, in the next 7 days
    .c3 = Yes, later
    .c4 = No

Q32 = Is there a date coming that makes this urgent? For example a flight, a court day or a UN meeting. Write the date, or 0.

Q34 = You do not have to tell me more about this. I will not ask for details. If you want, a trained officer can talk with you, and can tell you about medical help. Some medical help works best in the first 3 days.
    .c1 = I want a trained officer, a woman
    .c2 = I want a trained officer, a man
    .c3 = Any trained officer
    .c4 = No, thank you

Q35 = What do you think could happen next?
    .c1 = Someone could be killed
    .c2 = Violence
    .c3 = Arrest
    .c4 = Harm to family or friends
    .c5 = Loss of work, money or papers
    .c6 = Being stopped from travel
    .c7 = Something else

Q36 = Are other people in danger because of this? Please do not write names.
    .c1 = No
    .c2 = Yes, one person
    .c3 = Yes, 2 to 5
    .c4 = Yes, more
    .c5 = Yes, and there are children
    .c6 = Not sure

Q39 = Who already knows about this?
    .c1 = Nobody
    .c2 = Family or friends
    .c3 = A lawyer
    .c4 = An NGO or network
    .c5 = News or social media
    .c6 = The people who did it know I am asking for help

Q40 = Have you told any of these about it?
    .c1 = Nobody
    .c2 = Police, prosecutor or court
    .c3 = A national human rights body
    .c4 = Another UN office
    .c5 = A regional body
    .c6 = An NGO
    .c7 = An embassy

Q41 = What would you like to happen? This only helps us to understand. It is not permission, and I cannot promise it. An officer will ask you before any step.
    .c1 = Advice on how to be safer
    .c2 = Someone to talk with
    .c3 = That the UN speaks quietly with the state
    .c4 = That UN experts look at it
    .c5 = Help to move, a lawyer, or other help
    .c6 = That it becomes public
    .c7 = Only that it is written down
    .c8 = I do not know yet

Q42 = What should not happen? We will take this very seriously.
    .c1 = Do not contact my government
    .c2 = Do not make anything public
    .c3 = Do not use my name with anyone
    .c4 = Do not contact my family
    .c5 = Do not tell the UN office in my country
    .c6 = Do not contact my work or my organization
    .c7 = Do not contact me again
    .c8 = Something else

Q43 = Is there any UN office or team that should not see your report?
    .c1 = No
    .c2 = The UN office in my country
    .c3 = Staff from my country
    .c4 = A certain office (I will choose it)
    .c5 = I am not sure, please explain

T-EXC-HELP = Some people worry that someone in a local office knows their family or has to answer to the state. If you worry, choose 2 or 3. The report then goes to an office outside your country. This may take a little longer.

Q45 = You can send up to 5 photos or documents now. Check first: do they show other people, your address, or where you are? If you do not need them, delete them from the chat afterwards. Send 0 when you are done.

Q46 = May an officer write to you?
    .c1 = Yes, in this chat
    .c2 = Yes, but in another way
    .c3 = Only through someone I trust
    .c4 = No. I will write again myself

Q47 = When is it safe for us to write? You can choose more than one.
    .c1 = Morning
    .c2 = Midday
    .c3 = Evening
    .c4 = Night
    .c5 = Only at weekends
    .c6 = Any time

Q48 = So that you know it is really us, the officer will begin with these words: { $OFF_WORDS }. If we ask who you are, answer: { $YOUR_WORDS }. If someone else reads the message, what should it look like?
    .c1 = A message from a shop
    .c2 = A message from a school or course
    .c3 = A short hello with no topic

Q49 = If we cannot reach you for some time, what should we do?
    .c1 = Nothing. Wait for me
    .c2 = Try again in this chat
    .c3 = Ask a person I trust (I will tell the officer who)
    .c4 = Talk about it with the officer later

T-FREE = One more thing before you decide. Is anyone telling you what to answer?
    .c1 = No
    .c2 = Yes
    .c3 = I would rather not say

T-PRESS = What would you like to do?
    .c1 = Pause
    .c2 = Hide this chat
    .c3 = Reach a person
    .c4 = Go on

T-LIMITS = One thing you should know. Nobody acts for you without your yes, even if you are in danger and we cannot reach you. You can send SOS at any time to reach a person.
    .c1 = I understand
    .c2 = Explain that again

Q50 = Your report is ready. It has not been sent.
    .c1 = Show me a short summary
    .c2 = Change something
    .c3 = Send it now
    .c4 = Keep it for later ({ $DRAFT_HOURS } hours)
    .c5 = Delete everything

Q52 = Send the report to { $OFFICE_NAME }? Only they can open it.
    .c1 = Send
    .c2 = Not yet

Q53 = Sent. { $OFFICE_NAME } will read it. They usually answer { $WAIT_WORDS }. I can no longer read it. I keep only what I need to pass on messages.
    .c1 = Clear this chat now
    .c2 = See my choices
    .c3 = What can I do to stay safe?

Q54 = What do you want to do?
    .c1 = Write to the officer
    .c2 = Add something to my report
    .c3 = See or change my permissions
    .c4 = Take back a permission, or all of them
    .c5 = Tell us if we did something wrong
    .c6 = Delete
    .c7 = I am in danger now
    .c8 = Start another report

FP1 =
    I am an automatic service. I cannot send police or rescue. If you can, move to a safer place and call someone near you whom you trust.
    Shall I alert a duty officer now? They will see this chat, your language and your next answers.
    .c1 = Yes, alert now
    .c2 = No
    .c3 = Hide this chat

T-FP-NO = I have told nobody. I keep nothing if you stop here. These general steps can help: stay with people you trust, keep your phone charged and locked, keep a way out. You can send SOS at any time.
    .c1 = Alert a duty officer after all
    .c2 = Go on with the questions
    .c3 = Clear this chat

FP2 = In which country are you? You can send 0.

FP3 = What is happening?
    .c1 = Someone follows me or is at the door
    .c2 = Arrest or search now
    .c3 = Someone is hurt
    .c4 = Someone has disappeared
    .c5 = A threat with a time limit
    .c6 = Something else

FP4 = How should the officer reach you?
    .c1 = Write in this chat
    .c2 = Do not write. Just be ready
    .c3 = Contact someone else (I will say who)

FP5 = The officer will start with the words: { $OFF_WORDS }. If you do not see these words, it is not us. If you hide this chat, send these words to come back.

FP6 = The duty desk has your alert ({ $TIME }). A person should answer { $WAIT_WORDS }. If you must give up the phone, send 000 first.
    .c1 = Add one line about what is happening
    .c2 = Cancel the alert
    .c3 = Hide this chat

Q17b = Which part of the UN in New York?
    .c1 = Security Council or sanctions
    .c2 = General Assembly
    .c3 = ECOSOC, women's commission or another forum
    .c4 = NGO status or entry pass
    .c5 = Secretary-General or another office
    .c6 = I do not know

Q17c = What kind of agency?
    .c1 = Children
    .c2 = Women
    .c3 = Refugees
    .c4 = Food or relief
    .c5 = Health, labour, culture
    .c6 = Development bank
    .c7 = Other
    .c8 = I do not know

Q33 = Do you think this phone or your accounts were hacked or are watched?
    .c1 = Yes, this phone
    .c2 = Yes, another phone or account
    .c3 = No
    .c4 = Not sure

Q37 = Is there something we should know to help you well? You can choose more than one.
    .c1 = Medical need
    .c2 = Someone to talk to about stress or fear
    .c3 = A disability or access need
    .c4 = Children who need care
    .c5 = An interpreter or sign language
    .c6 = I prefer to talk with a woman
    .c7 = No

Q38 = Do you have a place to stay that feels safe for the next days? Do not tell me where.
    .c1 = Yes
    .c2 = No
    .c3 = Not sure

Q40-EFFECT = Did it help?
    .c1 = Yes
    .c2 = Nothing happened
    .c3 = It made things worse
    .c4 = Too early to say

Q44 = Do you have something that shows it? For example a letter or a screenshot.
    .c1 = Yes, on this phone
    .c2 = Yes, in another place
    .c3 = No

T-ABOUT = I ask questions step by step. You decide what to write. At the end you choose if the report goes to a UN office, and to which one. No step is taken without your yes. I cannot promise that it will help, and I cannot send anyone to you. You can check that I am real: send CHECK and compare the word with the UN page { $OFFICIAL_PAGE }.
    .c1 = Go on
    .c2 = Stop

T-MOVE-SIG = Install Signal from your app store or from signal.org. Look on the UN page { $OFFICIAL_PAGE } for our Signal name. Write to us there and send this code: { $MOVE_CODE }. It works for one day. Then delete this chat here.

T-HELP = 0 skip. 9 back. 00 this menu. 000 hide. SOS reach a person.
    .c1 = Go on
    .c2 = Pause (keep my answers { $DRAFT_HOURS } hours)
    .c3 = Change language
    .c4 = My choices
    .c5 = Reach a person
    .c6 = Delete my answers

T-ERR = I did not understand. Please send one of the numbers, or 00 for help.

T-RESUME = Welcome back. Is it safe to write now?
    .c1 = Yes
    .c2 = No

T-TIPS = Some steps that help many people: lock your phone with a long code, not with your face. Turn off message previews. Check which other devices are linked to your chat app. Delete this chat and check that it is not in a backup. Tell one person you trust when you will next be in touch. Keep important papers in a safe place outside your home.

T-FEEDBACK = Did we do something wrong? You can write it here. A different office, { $FEEDBACK_OFFICE }, will read it. It will not change how your case is handled. Do not write names.
    .c1 = Write now
    .c2 = Back

T-DELETE = What shall I delete?
    .c1 = This chat, as far as I can
    .c2 = My answers that were not sent
    .c3 = Ask the office to delete my report
    .c4 = Back

T-DELETE-LIMITS = I have deleted what I can. Please also delete the chat on your phone. I cannot delete copies in backups or on other devices.

T-FAIL = Your report could not be delivered yet. Nobody has read it. I will try again until { $UNTIL }.
    .c1 = Keep trying
    .c2 = Choose another office
    .c3 = Delete it

T-STATUS = Where your report is: { $STATUS_WORDS }. Last change: { $DAY_WORDS }.

T-OFFICER-MSG = { $OFF_WORDS }

C-CHAN-SIG =
    Please read this first. Signal locks what you write between your phone and our server. Our server locks it again for the office you choose. After that our server cannot read it. It sees your Signal account. Officers do not see it.
    Anyone who opens your phone can read this chat. Others may see that you use Signal.
    .c1 = I understand, go on
    .c2 = Stop

C-CHAN-TG = Please read this first. On Telegram, a chat with a bot is not fully locked. The company Telegram can read it and can be asked by a state to hand it over. Signal is safer.
    .c1 = Show me how to move to Signal
    .c2 = Go on here with short answers, numbers only
    .c3 = Stop

C-TGFULL = You want to write more here. Then Telegram could read names and your story. You could also wait and tell an officer in a safer way.
    .c1 = Stay with numbers only
    .c2 = I know the risk and want to write here

C-START =
    I am an automatic helper of { $SERVICE_OWNER }. I am not a person. I help people who are threatened or punished because they worked with the United Nations, or tried to.
    May I ask you questions and keep your answers, locked, for up to { $DRAFT_HOURS } hours? Nobody reads them unless you send them. You can skip any question with 0. It takes about 15 minutes. There is a short way too.
    .c1 = Yes
    .c2 = Yes, the short way
    .c3 = No
    .c4 = Tell me more

C-SENS = You told me something very private. May I keep it in your report? Only the officer can read it. It can help us to find the right help. If this chat is seen by others, it could hurt you.
    .c1 = Keep it
    .c2 = Do not keep it

C-NAME = I will put your name in a separate locked box. Only a few named people at the office can open it, and each opening is noted. If someone breaks in, they could link you to this report.
    .c1 = Keep my name
    .c2 = No, leave it out

C-FILE = Files can show who you are, where you are, or who others are. Only the office you choose can open them. You can also keep them safe and show them later.
    .c1 = Send files now
    .c2 = Not now

C-FWD =
    I can send your report to { $OFFICE_NAME }. Why there: { $ROUTE_REASON }. People who work there on such cases will read it. They will not act, and will not tell anyone outside, unless you say yes again.
    The risk: more people know. We take great care, but no system is fully safe. You can take this back later. Then they must stop.
    If you say no, nothing is sent.
    .c1 = Yes, send it there
    .c2 = No
    .c3 = Choose another office

T-CHECK = To be sure I explained it well: after you send it, who can read it?
    .c1 = Only the people at { $OFFICE_NAME } who work on such cases
    .c2 = My government
    .c3 = Everyone

C-EMER = May I also tell the duty desk? It works day and night, so a person may answer sooner. The duty desk and one on-call officer would read your { $SCOPE }. If you say no, your report waits until { $OFFICE_OPENS }.
    .c1 = Yes, tell the duty desk
    .c2 = No, wait for the office

C-ASG = There is one senior UN official for such cases, the Assistant Secretary-General for Human Rights. May this small team also get your report? They can help more offices to work together. They will not act without your yes.
    .c1 = Yes
    .c2 = No

C-CONT = The officer would write to you through this chat. If someone sees your phone, they could see that message. We begin with our secret words and write as you told us.
    .c1 = Yes, you may write
    .c2 = No, I will come back myself

C-ALTC = You chose another way. That way, or the person you trust, would then be known to the officer. Does this person know and agree?
    .c1 = Yes
    .c2 = Not yet, I will ask
    .c3 = Do not use another way

C-INTP = The officer may not speak your language well. May a UN interpreter help? The interpreter must keep secrets. You may say if the interpreter should not be from your country.
    .c1 = Yes
    .c2 = Yes, but not from my country
    .c3 = No

C-STAT = May we count your report, without name or place, together with many others? This helps the UN to show how often this happens. We only publish numbers that are large enough to hide each person.
    .c1 = Yes, count it
    .c2 = No

C-RETN = When your case is closed, may the office keep your report for { $RETN_MONTHS } months? It helps if it starts again. If you say no, they delete it after { $ERASE_DAYS } days.
    .c1 = Keep it
    .c2 = Delete it

C-SILENT = If we cannot reach you, we would do only this: { $SILENCE_CHOICE }. It could draw eyes to you. You can change it at any time.
    .c1 = Yes
    .c2 = No, do nothing

T-NO = That is fine. You do not have to say why. { $NEXT_STEP_ON_NO }

T-MEASURE =
    { $OFF_WORDS }. We have an idea and need your yes or no.
    What: { $DO }.
    Who would learn what: { $WHO_LEARNS }.
    Your name: { $NAME_MODE_WORDS }.
    Risk: { $RISK }.
    What we hope: { $HOPE }. We cannot promise it.
    This yes is good until { $UNTIL }. You can say no, or take it back. We will go on helping you.
    .c1 = Yes
    .c2 = No
    .c3 = I want to talk about it first
    .c4 = Show me exactly what you would say

T-SP-LETTER = The expert would write a letter to { $STATE_OR_ACTOR }. Do you agree that the letter has your name and what happened to you?
    .c1 = Yes, with my name
    .c2 = Only without my name
    .c3 = No letter

T-SP-PUBLIC = After about two months, such letters are put on a public UN website and in a report. Do you agree that your name is in the public copy?
    .c1 = Yes
    .c2 = No, take my name out

T-REPA = The UN Secretary-General writes a public report each year. May we mention your case like this? "{ $EXACT_LINES }". There is no name, but someone who knows you may guess.
    .c1 = Yes
    .c2 = No

T-REPN = The UN Secretary-General writes a public report each year. States read it, and it stays on the web. May we write this, with your name? "{ $EXACT_LINES }". We will ask you one more time before it is printed.
    .c1 = Yes
    .c2 = No
    .c3 = Without my name

T-REPN-AGAIN = We asked you about this before, and it will be printed soon. States read this report, and it stays on the web. May we write this, with your name? "{ $EXACT_LINES }". We will not ask again before it is printed. Until then you can take your yes back.
    .c1 = Yes
    .c2 = No
    .c3 = Without my name

T-WITHDRAW = What do you want to take back?
    .c1 = Everything. Stop and delete what can be deleted
    .c2 = Stop all steps, but keep my report
    .c3 = One permission only
    .c4 = Do not write to me any more
    .c5 = I changed my mind, go back

T-WITHDRAW-DONE = Done. From now on nothing new will happen with { $WHAT }. Some things cannot be called back: { $DONE_LIST }. The officer has been told to stop. { $VERIFY_NOTE }

ALERT-PUSH = Desk: please open the console. { $CODE }

ALERT-CALL = This is the desk. Please open the console. This is the desk. Please open the console.

T-DECOY = Notices. Opening hours: Monday to Friday, 9 to 5. There is no new notice today. Send 1 to get the next notice.
