"""Every name a file may have had becomes one that every file system takes, below the one folder."""

from hypothesis import given
from hypothesis import strategies as st

from web.exporting.names import HARMLESS, path_of

LETTERS = st.characters(exclude_categories=["Cs"])
NAMES = st.one_of(
    st.text(LETTERS, max_size=300),
    st.builds(
        "{}.{}".format, st.builds(str.__mul__, LETTERS, st.integers(0, 300)), st.text(LETTERS, max_size=40)
    ),
    st.sampled_from(["\U00020000" * 300 + ".pdf", "\u6f22" * 90 + "." + "\U00020000" * 40]),
    st.sampled_from(["../../x", "..", "con.txt", "a/b\\c.pdf", "\u202efdp.exe", "", ".", "x" * 300 + ".pdf"]),
)


@given(NAMES)
def test_it_is_a_name_below_the_folder(name: str) -> None:
    folder, _, last = path_of(999_999, 99, name).partition("/")
    assert (folder, len(last.encode()) <= 255) == ("files", True)
    assert all(sign.isalnum() or sign in ".-_" for sign in last)
    assert last.startswith("999999-100-")
    assert last.rpartition(".")[2].lower() in {*HARMLESS, "bin"}
