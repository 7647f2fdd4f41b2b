# Sentences of our own: plain, short, never leading, nothing an onlooker could use.

## What was not understood

T-ERR-LONG = That was longer than { $LIMIT } characters, so I kept none of it. Please send it in shorter parts.
T-NO-SKIP = This one needs an answer. Send 00 for help.
T-NUMBERS-ONLY = Here I take numbers only. The officer will ask the rest in a safer way.
T-COUNTRY-UNKNOWN = I do not know that name. Please write the country again, or send 0.
T-DATE-UNKNOWN = I did not understand the date. For example: 1 December, or in 3 days. Or send 0.
T-CLOCK-UNKNOWN = I did not understand the time. For example: 14:30. Or send 0.
T-PANIC-OTHER = Please choose another word, with at least three letters. Or send 0.
T-STALE-BUTTON = That button belongs to an older question. This is the present one.
T-ENOUGH-CASES = You have several reports already. Please write to the officer instead.

## Files

T-FILE-NOT-NOW = I cannot take files here, so I did not keep it. Keep it in a safe place.
T-FILE-TOO-LARGE = That file is too large: at most { $LIMIT } MB. I did not keep it.
T-FILE-TOO-MANY = I can take { $COUNT } files. I did not keep this one. Send 0 to go on.
T-LOST = Welcome back. Our machine was without power, and what you had written before is gone. Nobody has read it. You can begin again.
T-MOVED = You are here now, and your answers with you. Please delete the other chat.
T-TROUBLE = Something went wrong on our side, so I could not do that. Nothing you wrote was lost. Please try again later.
DUTY-TAKEN = Thank you. It is yours. Please open the console.
DUTY-PASSED = Thank you. The next person is told.
DUTY-OVER = Desk: somebody has taken it. Thank you.
DUTY-NO-SUCH = There is nothing open with this code. If it was taken by somebody, all is well.
DUTY-NOT-NOW = You are not on duty now, so this does not count. Nothing has changed.
DUTY-NOT-YOU = This account has changed. Please call the desk before you go on.
DUTY-QUEUE = Open now: { $COUNT }.
DUTY-HELP =
    Send ack and the code to take it, or busy and the code to pass it on.
    Also: queue, on, off, hand over and a name, swap and a name and a day such as 2026-12-24, accept and a code.
DUTY-STRANGER = This account takes no messages.
DUTY-ELSEWHERE = Please write to the other account of the desk. Nothing has changed.
DUTY-ON = Thank you. You are on duty.
DUTY-OFF = Thank you. You are off duty.
DUTY-ONLY-YOU = You are the only one on duty, so nothing has changed. Please hand over first.
DUTY-WHO = Please name a colleague with your role: hand over and a name, or swap and a name and a day such as 2026-12-24.
DUTY-ASKED = I have asked { $NAME }. Until they accept, nothing changes.
DUTY-ASK-HAND-OVER = { $NAME } asks you to take over now. If you can, send: accept { $CODE }
DUTY-ASK-SWAP = { $NAME } asks you to stand in on { $DAY }. If you can, send: accept { $CODE }
DUTY-ACCEPTED = { $NAME } has accepted. Thank you.
DUTY-SWAPPED = Thank you. You stand in on { $DAY }.
DUTY-PING = Desk: are you reachable? Please answer with one word.
DUTY-GAP = Desk: the roster has a gap in the next days. Please look at it on the console.
DUTY-LATE = Desk: an item is overdue in an office. Please open the console.
MAIL-REMINDER = Something is waiting for you. Please open the console, or the last sealed file you were sent.
MAIL-BODY = A sealed file is attached. Please open it with your key on the console or with age.
T-FILE-BROKEN = That file did not arrive whole, so I did not keep it. You can send it again.
T-EDITED = You changed an earlier message. I keep what you sent first. To change an answer, send 9 to go back.
T-FILE-OK = I have it, locked. Files so far: { $COUNT }.
T-FILE-OR-ZERO = Please send a file, or 0 when you are done.
T-VOICE = A voice can be recognized. If you can, write instead.

## Pause, end, help

T-PAUSED = I keep your answers, locked, for { $DRAFT_HOURS } hours. Write anything to go on.
T-CLEARED = I have deleted everything. Please also delete this chat on your phone.
T-CLEARED-UNSENT = I have deleted what was not sent. Please also delete this chat on your phone. What you sent is still with the office.
T-CLEAR-SIGNAL = How: in the list of chats, press this chat for a moment and choose Delete. Remove the contact too. Then look in the settings: is another device linked, is there a backup?
T-CLEAR-TELEGRAM = How: in the list of chats, press this chat for a moment and choose Delete, for both sides. Remove the contact too. Then look in the settings: is another device signed in?
T-GOODBYE-OOS = I have kept nothing. You can write here again at any time. Please also delete this chat on your phone.
T-HELP-GENERAL =
    Some things help many people: stay near people you trust, keep your phone locked and charged, and tell one person when you will next be in touch. Keep letters and pictures in a safe place.
    You can write here again at any time. SOS reaches a person.
T-NEXT-START = I keep nothing. Some things help many people: stay near people you trust, keep your phone locked, and tell one person when you will next be in touch. You can write here again at any time.
T-NEXT-FWD = Nothing is sent. You can keep it, choose another office, or delete it.
T-NEXT-CHAN = I keep nothing. A safer way is another phone, or to write later.
T-NEXT-OTHER = You can write here again at any time.
T-EXAMPLES = For example: you filled in a form for a UN office, you spoke with a UN visitor, or you went to a UN training. If you are not sure, we just go on.
T-LIMITS-MORE = In other words: we only do what you agreed to. If you fall silent, nobody is told and nobody comes, unless you agreed to that before.
T-CHECK-WORD = The word for today is: { $WORD }. Compare it with the page { $OFFICIAL_PAGE }.
T-PHRASE-NEEDED = Without these words you cannot take the report back.
T-VOIDED = You changed something that touches what you agreed to. So I ask you again.
T-TRYING = I keep it, locked, and try again. You do not have to do anything. Write anything to go on yourself.
T-RETN-NOTED = I wrote it down. You can still write here.
T-NO-OFFICE-KEY = I cannot lock the report for that office right now. Nothing was sent. Your answers are still here.

## Questions the prose of the specification describes

Q13-COUNT = About how many people?
    .c1 = One
    .c2 = 2 to 5
    .c3 = 6 to 20
    .c4 = More than 20
Q15-NAME = Please write the name. It goes only into the separate locked box. Send 0 to leave it out.
Q18-COUNTRY = In which country is that office? Write the name of the country, or 0.
Q18-LIST = Which one? Send its number, or 0 if you do not know.
Q18-PICK = Is it one of these? Send its number.
Q23-1 = More exactly? You can choose more than one, or 0.
Q23-2 = More exactly? You can choose more than one, or 0.
Q23-3 = More exactly? You can choose more than one, or 0.
Q23-3-2 = Here are more. You can choose more than one, or 0.
Q23-4 = More exactly? You can choose more than one, or 0.
Q23-5 = More exactly? You can choose more than one, or 0. You do not need to give details.
Q23-6 = More exactly? You can choose more than one, or 0.
Q23-7 = More exactly? You can choose more than one, or 0.
Q23-7-2 = Here are more. You can choose more than one, or 0.
Q23-8 = More exactly? You can choose more than one, or 0.
Q26-PLACE = If you want, write the region or town. Do not write where you are staying now. Or send 0.
Q26-MORE = Does one of these fit? You can choose more than one, or 0.
    .c1 = It was online
    .c2 = It was in another country than the people behind it
    .c3 = It was at a UN place or UN event
    .c4 = None of these
Q28 =
    What do you know about them? A unit, a title or a place is enough.
    A name may put you at risk if this chat is seen. Send 0 to skip.
Q30-LAWYER = Does the person have a lawyer?
    .c1 = Yes
    .c2 = No
    .c3 = Not sure
Q43-OFFICE = Which one? Send its number, or write a word of its name.
Q47-CLOCK = What time is it now where you are? For example 14:30. Or send 0.
C-FWD-OFFICE = These offices could read it. Send a number, or 0 to go back.
T-CHECK-AGAIN =
    Not your government and not the public. Only the people at { $OFFICE_NAME } who work on such cases.
    Do you still want to send it?
    .c1 = Yes
    .c2 = No

## The fast path

T-ARE-YOU-THERE = Are you there?
    .c1 = Yes
    .c2 = Not now
    .c3 = Hide this chat
FP6-LINE = Write one line. It goes to the duty desk.
FP6-CANCELLED = I have taken the alert back. The desk deletes what it had.
T-ALERT-STANDS = Your alert stands. The desk has it.

## On demand

T-CHOICES =
    Your choices. A letter stands for somebody who learns of it:
    { $LIST }
    To see one name once, send for example: who is A
T-CHOICES-WHO = { $LETTER }: { $NAME }
T-CHOICES-EMPTY = You have not agreed to anything yet.
T-SUMMARY =
    You have answered these. I do not show the answers here. To see one, send for example: show 4.
    { $LIST }
T-SUMMARY-NOT-NOW = I do not show that here.
T-SHOW-ANSWER =
    { $QUESTION }
    { $ANSWER }
CH-C-CHAN = { $STATE ->
        [given] You agreed to write in this chat.
       *[other] You did not agree to write in this chat.
    }
CH-C-TGFULL = { $STATE ->
        [given] You agreed to write more than numbers here.
       *[other] You stay with numbers only.
    }
CH-C-START = { $STATE ->
        [given] You agreed that I ask questions and keep the answers locked.
       *[other] You did not agree to questions.
    }
CH-C-SENS = { $STATE ->
        [given] You agreed that very private answers are kept.
       *[other] Very private answers are not kept.
    }
CH-C-NAME = { $STATE ->
        [given] You agreed that your name goes into a locked box.
        [erased] Your name was in a locked box. The office does not need it any more and has deleted it.
       *[other] Your name is not passed on.
    }
CH-C-FILE = { $STATE ->
        [given] You agreed to send files.
       *[other] You sent no files.
    }
CH-C-FWD = { $STATE ->
        [given] You agreed that one office reads your report.
       *[other] Nobody may read your report.
    }
CH-C-EMER = { $STATE ->
        [given] You agreed that the duty desk is told.
       *[other] The duty desk is not told.
    }
CH-C-ASG = { $STATE ->
        [given] You agreed that the senior team gets it too.
       *[other] The senior team does not get it.
    }
CH-C-CONT = { $STATE ->
        [given] You agreed that an officer writes to you here.
       *[other] Nobody writes to you here.
    }
CH-C-ALTC = { $STATE ->
        [given] You agreed to another way to reach you.
       *[other] There is no other way to reach you.
    }
CH-C-INTP = { $STATE ->
        [given] You agreed to an interpreter.
       *[other] No interpreter is used.
    }
CH-C-STAT = { $STATE ->
        [given] You agreed that your report is counted, without name or place.
       *[other] Your report is not counted.
    }
CH-C-RETN = { $STATE ->
        [given] You agreed that the office keeps it for some time after the end.
       *[other] The office deletes it after the end.
    }
CH-C-SILENT = { $STATE ->
        [given] You agreed what we do if we cannot reach you.
       *[other] If we cannot reach you, we do nothing.
    }

## After a report exists

T-EDIT = What do you want to change?
    .c1 = Who it is about
    .c2 = The contact with the UN
    .c3 = What happened
    .c4 = Risk and wishes
    .c5 = How to reach me
    .c6 = Permissions
    .c7 = Back
T-TALK = You can write now. I lock each message for the officer. Send 00 for the menu.
T-TALK-SENT = Passed on, locked. Send 00 for the menu.
T-SUPPLEMENT = Please write what you want to add. Or send 0.
T-SUPPLEMENT-SENT = Added, locked for the office.
T-FEEDBACK-WRITE = Please write it now. Or send 0.
T-FEEDBACK-SENT = Thank you. It was passed on, locked.
T-OPENED =
    This was opened here:
    { $LIST }
    I cannot see it when a copy is read on other machines.
T-NOT-FETCHED = Nobody has fetched what you sent a week ago. It is still locked. You can wait, or send 00 for the menu. SOS reaches a person.
T-OPENED-NOT = Nobody has opened it here yet. I cannot see it when a copy is read on other machines.
OPENED-LINE = { $WHO }, { $DAY_WORDS }
ROLE-operator = somebody of the duty desk
ROLE-duty-officer = a duty officer
ROLE-first-respondent = an officer of the office
ROLE-focal-point = somebody of the senior team
ROLE-other = somebody of the office
DAY-TODAY = today
DAY-YESTERDAY = yesterday
DAY-AGO = { $COUNT } days ago
STATUS-ST-SUB = sent
STATUS-ST-DLV = sent
STATUS-ST-ACK = opened
STATUS-ST-TRI = a person is working on it
STATUS-ST-VER = a person is working on it
STATUS-ST-CON = we need your answer
STATUS-ST-MEA = a step is being taken
STATUS-ST-FUP = a person is working on it
STATUS-ST-REF = passed on as you agreed
STATUS-ST-HOLD = stopped for now
STATUS-ST-WDR = stopped because you asked
STATUS-ST-OOS = closed
STATUS-ST-CLO = closed
T-OFFICER-WROTE =
    { $OFF_WORDS }
    { $CONTENT }
T-PROVE = This chat is on another phone or app now. Please send your secret words. Until then I show nothing here. SOS reaches a person.
T-NEW-PHONE =
    This chat is on another phone or app now. What was written here before is deleted. You can begin again.
    1 Begin again
    2 Leave
    SOS reaches a person.
T-PROVED = Thank you. That is you.
T-TPL-SAFE = Is it safe for you to write now?
T-TPL-LATER = I will write again later. You do not have to do anything.
T-TPL-MOVE = There is a safer way to write to each other. This is how you get there.
T-TPL-THANKS = Thank you. I have read what you wrote.
T-TALK-CLOSED = Nobody reads here any more, because you took your report back. Send 00 for the menu.
T-WITHDRAW-ASK = I passed that on. Do you want to take something back?
    .c1 = Yes, stop everything now and let me choose
    .c2 = No, go on
T-INTP-WHO = The interpreter would be: { $TO_WHOM }.
T-MEASURE-CHECK = Before I write down your yes: if we do this, could it later be made as if nothing had happened?
    .c1 = No. Who was told, knows it
    .c2 = Yes, all of it
    .c3 = I am not sure
T-MEASURE-EXPLAIN = Taking back your yes stops what has not happened yet. Who was told by then keeps knowing it. Here is the question once more.
T-MEASURE-YES = I wrote it down. It counts only for exactly this. You can take it back at any time before it is done.
T-MEASURE-NO = That is fine. It will not be done. You do not have to say why.
T-MEASURE-TALK = Good. Nothing is done until you have talked about it. Write here, and I lock it for the officer.
T-MEASURE-LATER = That is fine. Nothing is done until you say yes.
T-MEASURE-GONE = That question is not open any more. Nothing was done.
T-MEASURE-UNNAMED = That is fine. Your name is not used. They may ask you about a line without your name.
T-MEASURE-CONTENT =
    This is exactly what would be said:
    { $CONTENT }
T-MEASURE-FIRST = { $OFF_WORDS }. There is a question for you, and something to know before you answer it. Take your time. Nothing happens before you answer.
CROSSES-RED-GOV = You told us: do not contact my government. A yes here would mean that they hear something.
CROSSES-RED-PUB = You told us: do not make anything public. A yes here would mean that something becomes public.
CROSSES-RED-NAME = You told us: do not use my name with anyone. A yes here would mean that your name is used.
CROSSES-RED-FAM = You told us: do not contact my family. A yes here could mean that they notice something.
CROSSES-RED-LOCAL = You told us: do not tell the UN office in my country. A yes here would mean that somebody there hears of it.
CROSSES-RED-OTH = You told us about something that should not happen. Think of it before you say yes.
NM-NAMED = we would use your name
NM-INIT = only first letters or another name
NM-GROUP = only your country or group
NM-ANON = nothing that shows who you are, but people may still guess
HOPE-USUAL = that you are safer
DO-AR-ANON = A line about your case in the yearly UN report, without your name
DO-AR-NAMED = A line about your case in the yearly UN report, with your name
CH-MEASURE = { $STATE ->
        [given] You said yes to this: { $DO }.
        [withdrawn] You took back your yes to this: { $DO }.
       *[other] You did not say yes to this: { $DO }.
    }
T-WITHDRAW-ONE = Which one do you want to take back? Send its number, or 0 to go back.
CN-C-FWD = One office reads my report
CN-C-EMER = The duty desk is told
CN-C-ASG = The senior team gets it too
CN-C-CONT = An officer writes to me here
CN-C-ALTC = Another way to reach me
CN-C-INTP = An interpreter helps
CN-C-NAME = My name is passed on
CN-C-FILE = My files are kept
CN-C-SENS = Very private answers are kept
CN-C-STAT = My report is counted
CN-C-RETN = The office keeps it after the end
CN-C-SILENT = What is done when I am silent
CN-C-TGFULL = Writing more than numbers here
WD-ALL = anything you agreed to
WD-STEPS = any further step
WD-CONTACT = contact with you
WD-ONE = this permission
WD-CANNOT-NOTHING = nothing had left this chat yet
WD-CANNOT-UNOPENED = nobody had read it yet, as far as I can see
WD-CANNOT-OPENED = whoever read something already, knows it
WD-CANNOT-QUIET = those who were told keep knowing it, and are asked to stop
WD-CANNOT-STATE = what was said to a state or an expert cannot be unsaid; they are asked to stop and to keep your name out
WD-CANNOT-PUBLIC = what is public stays public, and your name is taken out where that can be done
WD-CANNOT-COUNTED = numbers that were printed already stay
WD-NOT-STOPPED = help that keeps you safe goes on until an officer has talked with you, since to stop it at once could harm you
WD-WORDS-DESTROY = If you send your own two words now, the report is destroyed at once. Otherwise it is locked now and destroyed in 3 days.
WD-WORDS-OFFICER = You can change your mind and write here at any time.

## Fragments

SCOPE-CARD = short alert
SCOPE-REPORT = report
SILENCE-retry_here = try again in this chat
SILENCE-trusted = ask the person you trust
RR-10 = an officer there already knows you
RR-11 = it is the office you named
RR-12 = you had contact with a UN expert
RR-13 = you had contact with a UN committee
RR-14 = you took part in a Council event
RR-15 = you spoke with a UN inquiry
RR-16 = you had contact with a UN mission
RR-17 = it is the UN office for that country
RR-18 = you had contact with the UN in New York
RR-19 = you had contact with that UN agency
RR-90 = it is the nearest UN office that can help
RR-99 = it can help with every such case
RR-COI = it is a separate office
RR-CHOSEN = you chose it
