"""Transcripts: sessions as data."""
