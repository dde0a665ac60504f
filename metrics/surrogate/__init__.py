"""A cheap model of the appraiser, for estimates and alarms; never a target of the search."""
