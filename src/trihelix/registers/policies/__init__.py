"""Policy check-up (政策体检): assessments, official recognitions, the policy library, and changes of rule parameters."""
