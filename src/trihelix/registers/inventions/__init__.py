"""Service inventions (职务科技成果): disclosure, income shares and every mechanism of the reform."""
