"""Who gets a lead: one policy a file, each declaring what it guarantees.

`policy.py` says how the parts are put together; `registry.py` has the policies by name.
"""
