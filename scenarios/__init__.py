"""What could be done: levers on a funnel and fair comparisons of their effects."""
