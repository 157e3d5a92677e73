"""Renewing a course's certificate before or after its end: by passing the course's quizzes anew."""
