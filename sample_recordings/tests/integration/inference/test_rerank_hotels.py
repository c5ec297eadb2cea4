"""Reranking."""

import pytest

HOTELS = ["Seaside rooms, no lift.", "Central, quiet courtyard.", "Next to the airport."]


@pytest.mark.parametrize("model", ["vllm/BAAI/bge-reranker-v2-m3"], ids="rerank={}".format)
def test_quiet_hotel_first(client, model):
    results = client.rerank(model, query="a quiet hotel in the centre", documents=HOTELS)
    assert results[0].index == 1
