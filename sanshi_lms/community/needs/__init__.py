"""Needs: the two-way closed loop. Residents, cadres and 三师 ask; somebody answers, in time.

For: what was asked, each step of its way, who must act until when, and that whoever asked has the
last word. Not for: who the communities and 三师 are (community) nor what they learn (courses).
"""
