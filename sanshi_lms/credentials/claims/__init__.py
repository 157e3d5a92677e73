"""Claims (申报): learning outside the platform, with proof, decided by who answers for the unit."""
