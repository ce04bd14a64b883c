"""How the app is served: its addresses, the script that runs for every visitor, and who may come in."""
