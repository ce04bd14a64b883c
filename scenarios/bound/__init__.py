"""The most that any routing policy can book on average: a fluid linear programme that errs on the high side alone."""
