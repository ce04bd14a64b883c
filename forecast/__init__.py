"""What we believe: a history goes in, a funnel fitted to it comes out."""
