"""Programmes (科技计划): calls, applications, projects and their money, for every scheme of the book."""
