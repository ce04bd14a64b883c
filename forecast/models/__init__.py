"""The models, one a file: what is believed of transitions, arrivals and amounts, and how counts tell of it.

Each file states its model once, as a design or as statistics, for the fast fit, and builds the same model in PyMC.
"""
