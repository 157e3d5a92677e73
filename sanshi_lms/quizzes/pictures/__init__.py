"""Pictures in questions: encoded anew like any photo, under names that nobody can guess."""
