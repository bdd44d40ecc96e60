"""The sections of the reports, by subject: each is a function from a scene to blocks, some with a form for the annex."""
