"""Short answers that a person marks by their rubric, and everything that somebody ever gave."""
