# What the person is told about each measure: what would be done, who would learn what, and the risk.

DO-GM-STA-DIP = A UN official speaks quietly with your government about what happened
WHO-GM-STA-DIP = Your government learns that you had contact with the UN, and what we tell them
RISK-GM-STA-DIP = They may get angry, or find out who helped you. We cannot control what they do

DO-GM-STA-IDG = A UN body or expert asks your government about it in a meeting
WHO-GM-STA-IDG = Everyone in the meeting, and often the public, since many meetings are on the web
RISK-GM-STA-IDG = It cannot be taken back. People may guess who you are even with no name

DO-GM-STA-NAT = We ask a national body, such as a human rights commission, to look into it
WHO-GM-STA-NAT = That body, and maybe other state offices
RISK-GM-STA-NAT = Some national bodies are not fully free. Papers may be seen by others

DO-GM-LEA-HOM = We tell the head of the UN in your country
WHO-GM-LEA-HOM = A few UN people in your country
RISK-GM-LEA-HOM = A UN leader may be watched by the state. More people know

DO-GM-LEA-HC = We tell the UN human rights chief
WHO-GM-LEA-HC = The chief and a small team
RISK-GM-LEA-HC = More people know. The chief may only act with your yes

DO-GM-LEA-ASG = We tell the UN senior official for reprisals
WHO-GM-LEA-ASG = That official and a small team. They keep a record
RISK-GM-LEA-ASG = More people know. A record stays in the UN

DO-GM-LEA-PUB = We write down your case so that it can be used in a public UN report
WHO-GM-LEA-PUB = Nobody outside yet. We ask you again before it is public
RISK-GM-LEA-PUB = Once public, it stays public

DO-GM-TPE-GOV = We ask another government or its embassy to help or to speak up
WHO-GM-TPE-GOV = That government learns what we tell it
RISK-GM-TPE-GOV = Your government may hear of it. Embassies may write it down

DO-GM-TPE-HRC = We tell the President of the Human Rights Council
WHO-GM-TPE-HRC = The President and staff, and maybe your state's mission
RISK-GM-TPE-HRC = The state may be asked about it by name

DO-GM-TPE-GA = We tell the President of the General Assembly
WHO-GM-TPE-GA = The President and staff, and maybe your state's mission
RISK-GM-TPE-GA = The state may be asked about it by name

DO-GM-TPE-SC = We tell the President of the Security Council
WHO-GM-TPE-SC = The President's mission, and maybe other states
RISK-GM-TPE-SC = States on the Council may pass it on

DO-GM-TPE-REG = We tell a regional human rights body
WHO-GM-TPE-REG = That body, and often the state
RISK-GM-TPE-REG = They have their own rules. They may ask for your name

DO-GM-EXP-COI = We tell the UN inquiry on your country
WHO-GM-EXP-COI = The inquiry team, under its own secrecy rules
RISK-GM-EXP-COI = They may want to talk with you. More people know

DO-GM-EXP-FFM = We tell the UN fact-finding team
WHO-GM-EXP-FFM = The team, under its own secrecy rules
RISK-GM-EXP-FFM = They may want to talk with you. More people know

DO-GM-EXP-SP = We tell a UN independent expert, who may write a letter to your government
WHO-GM-EXP-SP = Your government gets your name and your story. Later the letter goes on a public website
RISK-GM-EXP-SP = The letter cannot be taken back. You can ask that your name is not put on the website

DO-GM-EXP-TB = We tell a UN committee of experts, which may write to your government
WHO-GM-EXP-TB = The committee, and your government if the committee writes
RISK-GM-EXP-TB = The state learns that you spoke with the committee

DO-UM-FOC-CHK = We ask the UN focal point for advice on your safety
WHO-UM-FOC-CHK = The focal point. No name is needed
RISK-UM-FOC-CHK = Small: one more person knows what happened

DO-UM-SEC-REF = We ask UN security staff what can be done for your safety
WHO-UM-SEC-REF = UN security staff. Some may work with local police
RISK-UM-SEC-REF = Local police may hear of it if you agree to police help

DO-UM-DIP-INT = We ask embassies to act, for example to visit, call or watch a trial
WHO-UM-DIP-INT = The embassies you agree to
RISK-UM-DIP-INT = Your government may see that embassies care about you

DO-UM-NET-CSN = We put you in touch with a group that protects defenders
WHO-UM-NET-CSN = That group learns how to reach you, and what you allow
RISK-UM-NET-CSN = The group has its own rules for data

DO-UM-NET-LIN = We give you a phone line that answers day and night, or tell it about you
WHO-UM-NET-LIN = The line, only if you want us to tell it
RISK-UM-NET-LIN = Calls can show up on your phone bill

DO-UM-NET-REL = We ask a group to help you move to a safer place for some time
WHO-UM-NET-REL = The helping group, and maybe border and visa offices
RISK-UM-NET-REL = Leaving can be noticed. It can be hard for your family. It may not work

DO-UM-NET-TRI = We ask that someone watches your trial
WHO-UM-NET-TRI = The court and the public see the watcher
RISK-UM-NET-TRI = The court sees that others care. This can help or annoy

DO-UM-NET-PHY = We ask a group to help with guards, locks, or someone to go with you
WHO-UM-NET-PHY = The helping group. Neighbours may notice
RISK-UM-NET-PHY = Guards can draw eyes to you

DO-UM-NET-COM = We help you to get a clean phone or account
WHO-UM-NET-COM = The group that gives the phone
RISK-UM-NET-COM = A new phone can be noticed. Old data may be lost

DO-UM-NET-FIN = We ask a fund to help you with money
WHO-UM-NET-FIN = The fund, and the bank or shop that pays
RISK-UM-NET-FIN = Money from abroad can be used against you in some countries

DO-UM-PUB-PRE = The UN speaks about it to the press
WHO-UM-PUB-PRE = Everyone
RISK-UM-PUB-PRE = It cannot be taken back. It can protect, or make things worse

DO-UM-PUB-STA = The UN puts out a statement
WHO-UM-PUB-STA = Everyone
RISK-UM-PUB-STA = It cannot be taken back. It can protect, or make things worse

DO-UM-PUB-IDG = A UN person raises it in a public debate
WHO-UM-PUB-IDG = Everyone who listens, now or later
RISK-UM-PUB-IDG = It cannot be taken back

DO-UM-PUB-RHR = It goes into a report to the Human Rights Council
WHO-UM-PUB-RHR = Everyone. Reports stay on the web
RISK-UM-PUB-RHR = It cannot be taken back

DO-UM-PUB-RSC = It goes into a report to the Security Council
WHO-UM-PUB-RSC = All states. Most reports are public
RISK-UM-PUB-RSC = It cannot be taken back

DO-UM-PUB-RGA = It goes into a report to the General Assembly
WHO-UM-PUB-RGA = Everyone
RISK-UM-PUB-RGA = It cannot be taken back

DO-UM-PUB-REC = It goes into a report to ECOSOC
WHO-UM-PUB-REC = Everyone
RISK-UM-PUB-REC = It cannot be taken back

DO-SH-COPY = We give a copy of your report to another UN office. Your files stay where they are
WHO-SH-COPY = The people at { $TO_OFFICE } who work on such cases can read it
RISK-SH-COPY = More people know. What they have saved cannot be taken back

DO-SH-HAND = We hand your case to another UN office. It gets your report, and its people work on it from then on
WHO-SH-HAND = The people at { $TO_OFFICE } who work on such cases can read it. The office you wrote to keeps it too
RISK-SH-HAND = More people know. What they have saved cannot be taken back

DO-VF-SOURCE = We speak to somebody who may know about it, to check what happened
WHO-VF-SOURCE = { $TO_WHOM } learns that we ask about this, and may guess that you wrote to us
RISK-VF-SOURCE = More people know, and they may talk. Say no if you do not trust them

DO-IN-INTERPRETER = An interpreter helps the officer to understand you
WHO-IN-INTERPRETER = { $TO_WHOM }. Interpreters must keep secrets
RISK-IN-INTERPRETER = One more person knows. Say no if the interpreter should not be from your country
