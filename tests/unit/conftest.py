"""What the tests of pure rules share."""

from hypothesis import settings

# A busy machine is no failure: the number of examples bounds the run, not the time of one.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")
