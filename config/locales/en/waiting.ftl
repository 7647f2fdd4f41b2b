# Fragments for waiting times, computed from the duty roster of the office that really receives the report (INV-19).

W-MINUTES = within about { $COUNT } minutes
W-HOURS = within about { $COUNT } hours
W-DAYS = within about { $COUNT } days
W-SOMEBODY = somebody there answers, { $WAIT_WORDS }
W-LATER = later than usual
W-MON-MORNING = Monday morning, their time
W-MON-AFTERNOON = Monday afternoon, their time
W-MON-EVENING = Monday evening, their time
W-TUE-MORNING = Tuesday morning, their time
W-TUE-AFTERNOON = Tuesday afternoon, their time
W-TUE-EVENING = Tuesday evening, their time
W-WED-MORNING = Wednesday morning, their time
W-WED-AFTERNOON = Wednesday afternoon, their time
W-WED-EVENING = Wednesday evening, their time
W-THU-MORNING = Thursday morning, their time
W-THU-AFTERNOON = Thursday afternoon, their time
W-THU-EVENING = Thursday evening, their time
W-FRI-MORNING = Friday morning, their time
W-FRI-AFTERNOON = Friday afternoon, their time
W-FRI-EVENING = Friday evening, their time
W-SAT-MORNING = Saturday morning, their time
W-SAT-AFTERNOON = Saturday afternoon, their time
W-SAT-EVENING = Saturday evening, their time
W-SUN-MORNING = Sunday morning, their time
W-SUN-AFTERNOON = Sunday afternoon, their time
W-SUN-EVENING = Sunday evening, their time
