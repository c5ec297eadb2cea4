"""Embeddings of guide passages."""

import pytest

openai_embedding = pytest.mark.parametrize(
    "model", [pytest.param("openai/text-embedding-3-small", id="emb=openai/text-embedding-3-small:dim=8")]
)


@openai_embedding
def test_two_passages(client, model):
    vectors = client.embed(model, ["Tram 28 crosses the Alfama.", "The ferry leaves at nine."], dimensions=8)
    assert [len(vector) for vector in vectors] == [8, 8]


@openai_embedding
def test_packed_passage(client, model):
    (vector,) = client.embed(model, ["A funicular climbs to Bica."], dimensions=8, encoding="base64")
    assert isinstance(vector, str)


@pytest.mark.parametrize("model", ["ollama/all-minilm:l6-v2"], ids="emb={}".format)
def test_local_passage(client, model):
    (vector,) = client.embed(model, ["The market opens on Tuesdays."])
    assert all(isinstance(number, float) for number in vector)
