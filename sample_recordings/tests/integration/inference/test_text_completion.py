"""Plain text completions."""

import pytest

CAPITALS = {"slovenia": "Ljubljana", "estonia": "Tallinn"}


@pytest.mark.parametrize("country", CAPITALS)
@pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
def test_capital(client, model, country):
    answer = client.completions.create(model, f"The capital of {country.title()} is", stop=["."])
    assert CAPITALS[country] in answer.text


@pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
def test_packing_stream(client, model):
    chunks = list(client.completions.create(model, "Pack for a rainy", max_tokens=12, stream=True))
    assert chunks[-1].choices[0].finish_reason == "length"
