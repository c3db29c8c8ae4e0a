"""The command line: one module per noun over the same services as the console.

``runner.run`` takes the arguments, a command returns an ``Answer``, and ``output`` prints it. Nothing here
imports the store, the services' dependencies or the console before a command needs them.
"""
