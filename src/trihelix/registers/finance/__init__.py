"""Finance for technology firms: agreements, lists, credit and loans, points statements, funds, products, tax referrals."""
