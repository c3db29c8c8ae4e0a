"""Who may do what. Pure functions: an actor and a subject in, True or a reason out."""
