"""Each promise about hostile input and odd machines, with the tests that keep it: a missing one shows."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.helpers import ROOT

# Promise → the tests that fail where it is broken, by file below tests/ and function.
PROMISES: dict[str, tuple[str, ...]] = {
    "No damaged bytes make a traceback, a hang or a lie": (
        "hostile/test_bytes.py::test_every_command_bears_damaged_bytes",
        "hostile/test_bytes.py::test_every_command_bears",
    ),
    "No key that is missing or of another type does": (
        "hostile/test_shapes.py::test_every_command_bears_a_key_missing_or_of_another_type",
        "hostile/test_shapes.py::test_every_command_bears_a_strange_recording",
    ),
    "An enormous file takes neither all memory nor all day": (
        "hostile/test_bytes.py::test_an_enormous_file_takes_neither_all_memory_nor_all_day",
        "hostile/test_names.py::test_a_file_larger_than_memory_is_named_and_hides_no_other",
    ),
    "No content makes it slow": (
        "hostile/test_speed.py::test_no_text_makes_a_pattern_slow",
        "hostile/test_speed.py::test_no_text_makes_a_command_slow",
        "hostile/test_speed.py::test_every_pattern_is_looked_at",
    ),
    "No name of a file is an option": (
        "cli/test_pre_commit.py::test_a_directory_named_like_an_option_is_checked",
        "cli/test_pre_commit.py::test_a_file_at_the_top_named_like_an_option_is_checked",
        "cli/test_dash.py::test_every_command_takes_a_path_that_begins_with_a_dash",
    ),
    "Quick and slow ways say the same": (
        "hostile/test_shapes.py::test_quick_and_slow_ways_agree",
        "hostile/test_shapes.py::test_quick_and_slow_ways_agree_on",
        "check/test_many_files.py::test_on_two_cores_they_are_checked_alike",
    ),
    "What is written to hostile files can be undone to the byte": (
        "hostile/test_bytes.py::test_what_is_written_to_damaged_files_can_be_undone",
        "hostile/test_shapes.py::test_what_is_written_can_be_undone",
    ),
    "File names and directory shapes of any kind are borne": (
        "hostile/test_names.py::test_every_command_takes_every_name",
        "hostile/test_names.py::test_what_is_no_file_in_a_tree_is_left_alone",
    ),
    "Files that vanish while they are read are named": (
        "hostile/test_names.py::test_files_that_go_away_between_search_and_reading_are_named",
    ),
    "Arguments of any kind are answered": (
        "hostile/test_names.py::test_any_argument_is_answered",
        "hostile/test_names.py::test_arguments_of_any_bytes_reach_a_process",
    ),
    "Settings and journals of any kind are borne": (
        "hostile/test_names.py::test_settings_of_any_kind_are_no_bug",
        "hostile/test_names.py::test_a_damaged_journal_is_no_bug",
    ),
    "No hostile text reaches a terminal raw": (
        "hostile/test_terminal.py::test_no_view_lets_hostile_text_reach_the_terminal",
        "hostile/test_terminal.py::test_markup_is_text",
    ),
    "Tables keep their columns": (
        "hostile/test_terminal.py::test_columns_of_ls_stay_where_they_are",
        "hostile/test_terminal.py::test_names_of_parameters_are_aligned_with_wide_ones",
    ),
    "In a pipe documents and texts are exact": (
        "hostile/test_terminal.py::test_documents_in_a_pipe_hold_the_very_text",
        "hostile/test_terminal.py::test_texts_and_bytes_in_a_pipe_are_exact",
    ),
    "GitHub's formats are escaped": ("cli/test_check_github.py::test_nothing_is_made_a_link_by_itself",),
    "Nothing that a recording names is loaded": (
        "hostile/test_reach.py::test_reading_loads_nothing_that_a_recording_names",
        "hostile/test_reach.py::test_changing_talks_to_no_network_and_loads_nothing_named",
    ),
    "No network is talked to": (
        "hostile/test_reach.py::test_reading_talks_to_no_network",
        "hostile/test_reach.py::test_looking_for_credentials_asks_no_server",
    ),
    "No program is run that a repository names": (
        "hostile/test_reach.py::test_no_program_that_git_is_told_of_is_run",
        "hostile/test_reach.py::test_a_git_that_cannot_be_told_not_to_fetch_fetches_nothing",
    ),
    "Nothing is written but the plan, the journal and the index": (
        "hostile/test_reach.py::test_reading_writes_nothing_but_the_index",
        "hostile/test_reach.py::test_changing_writes_what_it_says_and_nothing_else",
    ),
    "Nothing is written through a symbolic link": (
        "hostile/test_reach.py::test_what_links_lead_to_is_not_changed",
        "hostile/test_reach.py::test_undo_does_not_write_through_a_directory_that_became_a_link",
    ),
    "Temporary names cannot be foreseen": (
        "hostile/test_reach.py::test_temporary_names_cannot_be_foreseen",
        "hostile/test_reach.py::test_a_link_with_the_name_of_a_temporary_file_is_not_followed",
    ),
    "Index and journal are the user's alone": (
        "hostile/test_reach.py::test_cache_and_journal_are_the_users_alone",
    ),
    "Odd machines: locales, homes, streams, terminals, Python's options": (
        "hostile/test_machines.py::test_nothing_breaks_down",
        "hostile/test_machines.py::test_answers_are_those_of_a_good_machine",
        "hostile/test_machines.py::test_small_terminals",
    ),
    "A full or closed stdout is no traceback": (
        "hostile/test_machines.py::test_a_stdout_that_takes_nothing_is_one_line_and_exit_code_2",
        "hostile/test_machines.py::test_a_reader_that_has_gone_is_no_error",
    ),
    "A full disk changes nothing": (
        "hostile/test_machines.py::test_check_fix_on_a_full_disk_changes_nothing",
    ),
    "Without git, or with an older one, it says so": (
        "hostile/test_machines.py::test_without_git_two_commands_say_so_and_the_others_work",
        "hostile/test_machines.py::test_git_2_31_is_new_enough",
    ),
    "A library that is missing is named": (
        "hostile/test_machines.py::test_without_detect_secrets_check_says_so",
    ),
    "Ctrl-C leaves neither a crash nor a process": (
        "hostile/test_machines.py::test_ctrl_c_while_two_processes_read",
        "hostile/test_machines.py::test_ctrl_c_just_when_the_second_process_begins",
    ),
    "Many recordings, many references, many processes": (
        "hostile/test_load.py::test_twenty_thousand_recordings_need_little_memory",
        "hostile/test_load.py::test_a_thousand_references_on_one_command_line",
        "hostile/test_load.py::test_ten_processes_at_once_on_a_tree_that_changes",
    ),
    "A damaged or locked index changes no answer": (
        "catalog/test_index.py::test_a_spoiled_index_changes_no_answer",
        "catalog/test_index.py::test_a_locked_index_is_done_without",
        "catalog/test_index.py::test_a_kill_at_any_moment_leaves_no_wrong_answer",
    ),
}


@cache
def functions(file: str) -> frozenset[str]:
    module = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_the_tests_that_keep_it(promise: str) -> None:
    named = [name.split("::") for name in PROMISES[promise]]
    assert named
    assert [f"{file}::{test}" for file, test in named if test not in functions(file)] == []
