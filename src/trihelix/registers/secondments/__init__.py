"""Secondments (科创专员、产业教授等选派): two-sided choice, terms, service, assessment, subsidy."""
