"""The face: pages and components for the browser."""
