"""The screens: the only part of olsdata that knows Streamlit."""
