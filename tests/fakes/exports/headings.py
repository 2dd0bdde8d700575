"""What columns are called, by program and language: Salesforce's own labels, HubSpot's, and those of people's tables."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from tests.fakes.exports.written import Language

# Labels of a report on opportunities. Region, segment and product are fields that a company added.
SALESFORCE: Final[MappingProxyType[str, MappingProxyType[Language, str]]] = MappingProxyType(
    {
        field: MappingProxyType(dict(zip(("en", "de", "fr", "es"), labels, strict=True)))
        for field, labels in {
            "id": ("Opportunity ID", "Opportunity-ID", "ID de l'opportunité", "Id. de oportunidad"),
            "name": (
                "Opportunity Name",
                "Opportunity-Name",
                "Nom de l'opportunité",
                "Nombre de la oportunidad",
            ),
            "account": ("Account Name", "Accountname", "Nom du compte", "Nombre de la cuenta"),
            "type": ("Type", "Typ", "Type", "Tipo"),
            "stage": ("Stage", "Phase", "Étape", "Etapa"),
            "category": (
                "Forecast Category",
                "Prognosekategorie",
                "Catégorie de prévision",
                "Categoría de pronóstico",
            ),
            "owner": (
                "Opportunity Owner",
                "Opportunity-Inhaber",
                "Propriétaire de l'opportunité",
                "Propietario de la oportunidad",
            ),
            "owner_email": (
                "Owner Email",
                "Inhaber-E-Mail",
                "E-mail du propriétaire",
                "Correo electrónico del propietario",
            ),
            "manager": (
                "Owner Manager",
                "Manager des Inhabers",
                "Responsable du propriétaire",
                "Gerente del propietario",
            ),
            "team": ("Owner Role", "Inhaberrolle", "Rôle du propriétaire", "Función del propietario"),
            "currency": ("Amount Currency", "Betrag Währung", "Montant Devise", "Importe Divisa"),
            "amount": ("Amount", "Betrag", "Montant", "Importe"),
            "converted_currency": (
                "Amount (converted) Currency",
                "Betrag (konvertiert) Währung",
                "Montant (converti) Devise",
                "Importe (convertido) Divisa",
            ),
            "converted": (
                "Amount (converted)",
                "Betrag (konvertiert)",
                "Montant (converti)",
                "Importe (convertido)",
            ),
            "probability": (
                "Probability (%)",
                "Wahrscheinlichkeit (%)",
                "Probabilité (%)",
                "Probabilidad (%)",
            ),
            "close": ("Close Date", "Schlusstermin", "Date de clôture", "Fecha de cierre"),
            "created": ("Created Date", "Erstelldatum", "Date de création", "Fecha de creación"),
            "source": ("Lead Source", "Lead-Quelle", "Origine de la piste", "Origen del candidato"),
            "next_step": ("Next Step", "Nächster Schritt", "Étape suivante", "Paso siguiente"),
            "reason": ("Loss Reason", "Verlustgrund", "Motif de perte", "Motivo de pérdida"),
            "last_activity": ("Last Activity", "Letzte Aktivität", "Dernière activité", "Última actividad"),
            "region": ("Region", "Region", "Région", "Región"),
            "segment": ("Segment", "Segment", "Segment", "Segmento"),
            "product": ("Product", "Produkt", "Produit", "Producto"),
            "period": ("Fiscal Period", "Geschäftszeitraum", "Période fiscale", "Período fiscal"),
            "age": ("Age", "Alter", "Âge", "Antigüedad"),
        }.items()
    }
)
HUBSPOT: Final = MappingProxyType(
    {
        "id": "Record ID",
        "name": "Deal Name",
        "pipeline": "Pipeline",
        "stage": "Deal Stage",
        "amount": "Amount",
        "currency": "Currency",
        "converted": "Amount in company currency",
        "close": "Close Date",
        "created": "Create Date",
        "owner": "Deal owner",
        "team": "HubSpot Team",
        "type": "Deal Type",
        "category": "Forecast category",
        "probability": "Deal probability",
        "next_step": "Next step",
        "reason": "Closed Lost Reason",
        "last_activity": "Last Activity Date",
        "account": "Associated Company",
        "source": "Original Traffic Source",
        "region": "Region",
        "segment": "Segment",
        "product": "Product",
        "closed": "Is Deal Closed?",
        "won": "Is Closed Won",
    }
)
# What people write over the columns of a table of their own.
PLAIN: Final[MappingProxyType[str, MappingProxyType[Language, str]]] = MappingProxyType(
    {
        field: MappingProxyType(dict(zip(("en", "de", "fr", "es"), labels, strict=True)))
        for field, labels in {
            "id": ("ID", "ID", "ID", "ID"),
            "name": ("Deal", "Deal", "Affaire", "Negocio"),
            "account": ("Account", "Kunde", "Client", "Cliente"),
            "owner": ("Owner", "Inhaber", "Propriétaire", "Propietario"),
            "stage": ("Stage", "Phase", "Étape", "Etapa"),
            "status": ("Status", "Status", "Statut", "Estado"),
            "amount": ("Amount", "Betrag", "Montant", "Importe"),
            "currency": ("Currency", "Währung", "Devise", "Moneda"),
            "close": ("Close Date", "Abschlussdatum", "Date de clôture", "Fecha de cierre"),
            "created": ("Created", "Erstellt am", "Créé le", "Fecha de creación"),
            "type": ("Type", "Typ", "Type", "Tipo"),
            "product": ("Product", "Produkt", "Produit", "Producto"),
            "source": ("Source", "Quelle", "Source", "Origen"),
            "region": ("Region", "Region", "Région", "Región"),
            "segment": ("Segment", "Segment", "Segment", "Segmento"),
            "next_step": ("Next Step", "Nächster Schritt", "Prochaine étape", "Próximo paso"),
        }.items()
    }
)
