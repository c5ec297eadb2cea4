"""Travel questions answered in a stream."""

import pytest

QUESTIONS = {"tap": "Is the tap water in Riga safe?", "picnic": "Is 9 C cold for a picnic?"}


def text_models(*models):
    return pytest.mark.parametrize("model", models, ids="txt={}".format)


@text_models("openai/gpt-4o-mini")
def test_best_month(client, model):
    answer = client.chat(model, "Which month is best for Lisbon?", stream=True)
    assert "May" in answer.text
    assert answer.usage.total_tokens


@text_models("openai/gpt-4o-mini")
def test_local_names(client, model):
    answer = client.chat(model, "Write the names of Kyoto and Beijing locally.", stream=True)
    assert not answer.text.isascii()


@text_models("ollama/llama3.2:3b")
@pytest.mark.parametrize("caller", ["client"])
class TestSeveralAnswers:
    def test_two_sights(self, client, caller, model):
        answer = client.chat(model, "Name one sight of Porto.", n=2, stream=True, caller=caller)
        assert len({choice.index for choice in answer.choices}) == 2


@text_models("vllm/Qwen/Qwen3-0.6B", "ollama/gpt-oss:20b")
def test_picnic_reasoning(client, model):
    answer = client.chat(model, QUESTIONS["picnic"], stream=True)
    assert answer.reasoning


@text_models("fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct")
def test_train_or_plane(client, model):
    answer = client.chat(model, "Night train or plane to Vienna?", stream=True)
    assert answer.usage.prompt_tokens == 21


@text_models("azure/gpt-4o-mini")
def test_one_word(client, model):
    assert client.chat(model, "One word: tram or bus in Zagreb?", stream=True).text == "Tram."


@text_models("openai/gpt-4o-mini")
def test_legacy_function(client, model, tide_function):
    answer = client.chat(model, "When is high tide in Brest?", functions=[tide_function], stream=True)
    assert answer.function_call.name == "get_tide"


@text_models("openai/gpt-4o")
@pytest.mark.parametrize("caller", ["client"])
def test_certainty(client, caller, model):
    answer = client.chat(model, "Yes or no: does it snow in Oslo in July?", logprobs=True, caller=caller)
    assert answer.logprobs[0].logprob > -0.1


@text_models("bedrock/openai.gpt-oss-20b-1:0", "watsonx/meta-llama/llama-3-3-70b-instruct")
def test_tap_water(client, model):
    assert "Yes" in client.chat(model, QUESTIONS["tap"], stream=True).text
