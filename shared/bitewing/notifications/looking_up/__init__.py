"""What facts are about, when somebody is told of them: what templates say of it, and whether it is still so."""
