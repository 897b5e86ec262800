"""A Streamlit page that does nothing: what every ratio of `make bench` is compared with."""

import streamlit as st

st.title("Rien")
