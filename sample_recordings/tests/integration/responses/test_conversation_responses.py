"""Conversations of several turns."""

import pytest


@pytest.mark.parametrize("text_model_id", ["openai/gpt-4o"], ids="txt={}".format)
class TestConversationResponses:
    def test_conversation_multi_turn_and_streaming(self, openai_client, text_model_id):
        conversation = openai_client.conversations.create()
        for line in ("Say hello", "Say goodbye"):
            events = list(
                openai_client.responses.create(
                    model=text_model_id, input=line, conversation=conversation.id, stream=True
                )
            )
            assert events[-1].type == "response.completed"
