"""The signed-in home: what to do, what matters, what is new."""
