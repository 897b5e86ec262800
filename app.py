"""Territoires OLS: the dashboard's entry point. Start it with `make run`."""

import streamlit as st

from olsdata.ui import shell

st.set_page_config(
    page_title="Territoires OLS",
    page_icon="static/icone.svg",
    layout="wide",
    initial_sidebar_state="auto",
)
shell.run()
