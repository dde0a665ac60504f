"""A cheap stand-in for the appraiser, for estimates and alarms; never a target of the search."""
