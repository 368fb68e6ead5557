"""The lab: a teaching page with sliders, and the small server behind it."""
