"""Which new passwords are taken: none that guessers try first.

ASVS 4.0.3 2.1.7 and NIST SP 800-63B 5.1.1.2 ask for it.

`common.txt` holds the most frequent ones of known leaks and is asked here, offline; beside it stand
words of our own, the account's name and how the person's name is spelt.
"""
