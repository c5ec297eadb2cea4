"""Answers that cite a travel guide."""

import pytest

MODELS = pytest.param(
    "openai/gpt-4o",
    "openai/text-embedding-3-small",
    id="txt=openai/gpt-4o:emb=openai/text-embedding-3-small",
)


@pytest.mark.parametrize(("model", "embedding_model"), [MODELS])
@pytest.mark.parametrize("caller", ["client"])
def test_cites_the_guide(client, caller, model, embedding_model, lisbon_guide):
    store = client.vector_stores.create(embedding_model, files=[lisbon_guide])
    answer = client.respond(model, "Which tram crosses the Alfama?", search=store.id, caller=caller)
    assert "28" in answer.text
