"""How the funnel works: a funnel goes in, an event log comes out."""
