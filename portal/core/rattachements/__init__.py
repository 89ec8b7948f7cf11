"""Who may act for which company: requests, rights, activation codes and their letters."""
