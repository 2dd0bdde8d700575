"""Changes of the CRM that somebody has to approve: proposals, who decides on them, how they are carried out, and their trail."""
