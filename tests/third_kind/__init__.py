"""A third kind of thing that can be required: a yearly evacuation drill, recorded by whoever leads it."""
