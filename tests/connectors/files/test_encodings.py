"""The letters of text that is not UTF-8."""

from __future__ import annotations

import pytest

from connectors.files.encodings import encoding_of


@pytest.mark.parametrize(
    "encoding, text",
    [
        ("cp1252", "Dernière activité, Étape, Créée le"),
        ("cp1252", "Größe, Müller, Straße"),
        ("cp1252", "Año, Compañía “x”"),
        ("cp1252", "Müller, José, Søren, Zoë, François"),
        ("cp1252", "5 €"),
        ("cp1252", "ÉTAPE FERMÉE"),
        ("mac_roman", "Größe, Müller, Straße"),
        ("mac_roman", "Dernière activité"),
        ("cp1250", "Příklad žluťoučký kůň"),
        ("cp1250", "Spółka Łódź, Gdańsk ąęś"),
        ("cp1251", "Привет сделка Компания"),
        ("cp1251", "Сделка, ООО Ромашка, Этап"),
        ("koi8_r", "Привет сделка"),
        ("cp932", "株式会社日本 営業 案件 データの一覧です"),
    ],
)
def test_most_of_a_language_tells_the_encoding(encoding: str, text: str) -> None:
    sample = text.encode(encoding)

    assert sample.decode(encoding_of(sample)) == text
