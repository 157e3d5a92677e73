"""Slowing down who guesses passwords, without letting anybody lock out anybody.

A lock on the account would be a weapon: five wrong tries a minute at the administrator's name, and
the administrator stays out. So failures are counted apart (as in OWASP's "Slow Down Online Guessing
Attacks with Device Cookies"):

* of one account from one network: from the fifth on each failure doubles a wait there;
* of one account from all unknown browsers together: from the thirtieth on these wait, a quarter of
  an hour at most, whatever network they come from;
* a browser in which this person has signed in before carries a cookie that says so, and is counted
  by itself: what others do never slows it.

Who waits is told how long, and that a code from the administrator opens at once. Counts stand in
the database, so all processes and hosts know them. They are read before a password is hashed and
written after: as many guesses as there are threads can pass at one moment, and are counted.
"""
