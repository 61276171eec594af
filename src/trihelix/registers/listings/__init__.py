"""Listings (挂牌与定价): agreed price, listing, auction, tender; sealed bids, first refusal, one award a lot."""
