"""The objects as we wrote them down from the vendor's documentation, in short.

A field is `Name:type/length` with marks: `*` required, `!` written by the platform alone, `^` given once, `-` not to be
filtered by, `=` restricted to its values. A reference is `Name:>Target,Target/Relationship`. Every object has an Id; `+`
stands for the fields that the platform keeps (created and changed, by whom and when).
"""

from __future__ import annotations

# Name, key prefix, plural, fields.
OBJECTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Opportunity",
        "006",
        "Opportunities",
        (
            "IsDeleted:boolean! AccountId:>Account/Account IsPrivate:boolean Name:string/120* Description:textarea/32000- "
            "StageName:picklist/255* Amount:currency Probability:percent ExpectedRevenue:currency! "
            "TotalOpportunityQuantity:double CloseDate:date* Type:picklist/255 NextStep:string/255 LeadSource:picklist/255 "
            "IsClosed:boolean! IsWon:boolean! ForecastCategory:picklist/40!= ForecastCategoryName:picklist/255= "
            "HasOpportunityLineItem:boolean! OwnerId:>User/Owner LastActivityDate:date! LastStageChangeDate:datetime! "
            "FiscalQuarter:int! FiscalYear:int! Fiscal:string/6! ContactId:>Contact/^ LastViewedDate:datetime! "
            "LastReferencedDate:datetime! HasOpenActivity:boolean!- HasOverdueTask:boolean!- "
            "LastAmountChangedHistoryId:>OpportunityHistory/LastAmountChangedHistory! "
            "LastCloseDateChangedHistoryId:>OpportunityHistory/LastCloseDateChangedHistory! +"
        ),
    ),
    (
        "Account",
        "001",
        "Accounts",
        (
            "IsDeleted:boolean! Name:string/255* Type:picklist/40 ParentId:>Account/Parent Phone:phone/40 Website:url/255 "
            "Industry:picklist/40 AnnualRevenue:currency NumberOfEmployees:int Description:textarea/32000- "
            "OwnerId:>User/Owner LastActivityDate:date! +"
        ),
    ),
    (
        "Contact",
        "003",
        "Contacts",
        (
            "IsDeleted:boolean! AccountId:>Account/Account LastName:string/80* FirstName:string/40 Name:string/121! "
            "Phone:phone/40 Email:email/80 Title:string/128 Department:string/80 Description:textarea/32000- "
            "OwnerId:>User/Owner LastActivityDate:date! +"
        ),
    ),
    (
        "Event",
        "00U",
        "Events",
        (
            "WhoId:>Contact,Lead/Who WhatId:>Account,Opportunity/What Subject:combobox/255 Location:string/255 "
            "IsAllDayEvent:boolean ActivityDateTime:datetime ActivityDate:date DurationInMinutes:int StartDateTime:datetime "
            "EndDateTime:datetime Description:textarea/32000- AccountId:>Account/Account! OwnerId:>User/Owner "
            "IsDeleted:boolean! IsArchived:boolean! EventSubtype:picklist/40^= +"
        ),
    ),
    (
        "OpportunityContactRole",
        "00K",
        "Opportunity Contact Roles",
        (
            "OpportunityId:>Opportunity/Opportunity*^ ContactId:>Contact/Contact* Role:picklist/40 IsPrimary:boolean "
            "IsDeleted:boolean! +"
        ),
    ),
    (
        "Task",
        "00T",
        "Tasks",
        (
            "WhoId:>Contact,Lead/Who WhatId:>Account,Opportunity/What Subject:combobox/255 ActivityDate:date "
            "Status:picklist/255* Priority:picklist/255 IsHighPriority:boolean! OwnerId:>User/Owner "
            "Description:textarea/32000- IsDeleted:boolean! AccountId:>Account/Account! IsClosed:boolean! "
            "TaskSubtype:picklist/40 CompletedDateTime:datetime! IsArchived:boolean! CallDurationInSeconds:int +"
        ),
    ),
    (
        "Case",
        "500",
        "Cases",
        (
            "IsDeleted:boolean! ContactId:>Contact/Contact AccountId:>Account/Account ParentId:>Case/Parent Type:picklist/40 "
            "Status:picklist/40 Reason:picklist/40 Origin:picklist/40 Subject:string/255 Priority:picklist/40 "
            "Description:textarea/32000- IsClosed:boolean! OwnerId:>User/Owner +"
        ),
    ),
    (
        "EmailMessage",
        "02s",
        "Email Messages",
        (
            "RelatedToId:>Account,Opportunity/RelatedTo ActivityId:>Task/Activity Subject:string/3000 "
            "FromAddress:email/1000 ToAddress:string/4000 MessageDate:datetime Incoming:boolean Status:picklist/40 "
            "TextBody:textarea/131072- IsDeleted:boolean! +"
        ),
    ),
    (
        "OpportunityHistory",
        "008",
        "Opportunity History",
        (
            "OpportunityId:>Opportunity/Opportunity! CreatedById:>User/CreatedBy! CreatedDate:datetime! "
            "StageName:picklist/255! Amount:currency! ExpectedRevenue:currency! CloseDate:date! Probability:percent! "
            "ForecastCategory:picklist/40! PrevAmount:currency! PrevCloseDate:date! SystemModstamp:datetime! "
            "IsDeleted:boolean!"
        ),
    ),
    (
        "OpportunityFieldHistory",
        "017",
        "Opportunity Field History",
        (
            "IsDeleted:boolean! OpportunityId:>Opportunity/Opportunity! CreatedById:>User/CreatedBy! CreatedDate:datetime! "
            "Field:picklist/255! DataType:picklist/40! OldValue:anyType!- NewValue:anyType!-"
        ),
    ),
    (
        "OpportunityStage",
        "01J",
        "Opportunity Stages",
        (
            "MasterLabel:string/255! ApiName:string/255! IsActive:boolean! SortOrder:int! IsClosed:boolean! IsWon:boolean! "
            "ForecastCategory:picklist/40! ForecastCategoryName:picklist/255! DefaultProbability:percent! "
            "Description:string/255! +"
        ),
    ),
    (
        "OpportunityLineItem",
        "00k",
        "Opportunity Products",
        (
            "OpportunityId:>Opportunity/Opportunity*^ PricebookEntryId:reference/18 Product2Id:>Product2/Product2 "
            "Name:string/376! Quantity:double* UnitPrice:currency TotalPrice:currency Discount:percent ServiceDate:date "
            "IsDeleted:boolean! +"
        ),
    ),
    (
        "User",
        "005",
        "Users",
        (
            "Username:string/80* LastName:string/80* FirstName:string/40 Name:string/121! Email:email/128* "
            "Title:string/80 Department:string/80 Division:string/80 Alias:string/8 IsActive:boolean UserType:picklist/40! "
            "ManagerId:>User/Manager UserRoleId:>UserRole/UserRole ProfileId:reference/18 TimeZoneSidKey:picklist/40 "
            "LocaleSidKey:picklist/40 FederationIdentifier:string/512 +"
        ),
    ),
    (
        "UserRole",
        "00E",
        "Roles",
        (
            "Name:string/80* DeveloperName:string/80 ParentRoleId:>UserRole/ ForecastUserId:>User/ RollupDescription:string/80 "
            "LastModifiedDate:datetime! LastModifiedById:>User/ SystemModstamp:datetime!"
        ),
    ),
    (
        "Organization",
        "00D",
        "Organizations",
        (
            "Name:string/80 IsSandbox:boolean! TimeZoneSidKey:picklist/40 FiscalYearStartMonth:int "
            "UsesStartDateAsFiscalYearName:boolean! InstanceName:string/5! OrganizationType:picklist/40! "
            "LanguageLocaleKey:picklist/40 DefaultLocaleSidKey:picklist/40 DefaultOpportunityAccess:picklist/40! +"
        ),
    ),
    (
        "CurrencyType",
        "01L",
        "Currency Types",
        "IsoCode:picklist/3 ConversionRate:double IsActive:boolean IsCorporate:boolean! DecimalPlaces:int +",
    ),
    (
        "DatedConversionRate",
        "04w",
        "Dated Conversion Rates",
        "IsoCode:picklist/3 StartDate:date NextStartDate:date! ConversionRate:double +",
    ),
    (
        "Period",
        "026",
        "Periods",
        (
            "Type:picklist/40! StartDate:date! EndDate:date! IsForecastPeriod:boolean! Number:int! "
            "FullyQualifiedLabel:string/80! SystemModstamp:datetime!"
        ),
    ),
    (
        "Product2",
        "01t",
        "Products",
        (
            "Name:string/255* ProductCode:string/255 Description:textarea/4000- Family:picklist/255 IsActive:boolean "
            "IsDeleted:boolean! +"
        ),
    ),
    (
        "ForecastingQuota",
        "0J9",
        "Forecasting Quotas",
        (
            "QuotaAmount:currency QuotaQuantity:double QuotaOwnerId:>User/QuotaOwner StartDate:date PeriodId:>Period/Period "
            "ForecastingTypeId:reference/18 ProductFamily:picklist/255 IsAmount:boolean! IsQuantity:boolean! +"
        ),
    ),
    (
        "PermissionSetAssignment",
        "0Pa",
        "Permission Set Assignments",
        "AssigneeId:>User/Assignee PermissionSetId:>PermissionSet/PermissionSet SystemModstamp:datetime!",
    ),
    (
        "PermissionSet",
        "0PS",
        "Permission Sets",
        "Name:string/80* PermissionsViewAllData:boolean PermissionsModifyAllData:boolean IsOwnedByProfile:boolean! +",
    ),
    (
        "ObjectPermissions",
        "110",
        "Object Permissions",
        (
            "ParentId:>PermissionSet/Parent SobjectType:picklist/40 PermissionsRead:boolean PermissionsEdit:boolean "
            "PermissionsViewAllRecords:boolean PermissionsModifyAllRecords:boolean +"
        ),
    ),
    # No rows: the platform computes them when asked for a user and records.
    (
        "UserRecordAccess",
        "",
        "User Record Access",
        (
            "UserId:>User/! RecordId:reference/18! HasReadAccess:boolean! HasEditAccess:boolean! HasDeleteAccess:boolean! "
            "HasTransferAccess:boolean! HasAllAccess:boolean! MaxAccessLevel:picklist/40!"
        ),
    ),
)

# What a parent calls the rows whose field points at it: (child, field) -> name.
CHILDREN: dict[tuple[str, str], str] = {
    ("Opportunity", "AccountId"): "Opportunities",
    ("Contact", "AccountId"): "Contacts",
    ("Case", "AccountId"): "Cases",
    ("Case", "ContactId"): "Cases",
    ("Account", "ParentId"): "ChildAccounts",
    ("OpportunityHistory", "OpportunityId"): "OpportunityHistories",
    ("OpportunityFieldHistory", "OpportunityId"): "Histories",
    ("OpportunityLineItem", "OpportunityId"): "OpportunityLineItems",
    ("OpportunityContactRole", "OpportunityId"): "OpportunityContactRoles",
    ("OpportunityContactRole", "ContactId"): "OpportunityContactRoles",
    ("Task", "WhatId"): "Tasks",
    ("Event", "WhatId"): "Events",
    ("EmailMessage", "RelatedToId"): "Emails",
    ("User", "ManagerId"): "ManagedUsers",
    ("User", "UserRoleId"): "Users",
    ("UserRole", "ParentRoleId"): "",
}

FORECAST = ("Omitted", "Pipeline", "Best Case", "Commit", "Closed")
_OPPORTUNITY_TYPES = (
    "Existing Customer - Upgrade",
    "Existing Customer - Replacement",
    "Existing Customer - Downgrade",
    "New Customer",
)
VALUES: dict[str, tuple[str, ...]] = {
    "Opportunity.StageName": (
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Value Proposition",
        "Id. Decision Makers",
        "Perception Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
        "Closed Won",
        "Closed Lost",
    ),
    "Opportunity.Type": _OPPORTUNITY_TYPES,
    "Opportunity.LeadSource": ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
    "Opportunity.ForecastCategory": ("Omitted", "Pipeline", "BestCase", "MostLikely", "Forecast", "Closed"),
    "Opportunity.ForecastCategoryName": FORECAST,
    "Task.Status": ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"),
    "Task.Priority": ("High", "Normal", "Low"),
    "Task.TaskSubtype": ("Task", "Email", "Call", "Cadence", "ListEmail"),
    "Case.Priority": ("High", "Medium", "Low"),
    "Case.Status": ("New", "Working", "Escalated", "Closed"),
    "Event.EventSubtype": ("Event",),
    "OpportunityContactRole.Role": (
        "Business User",
        "Decision Maker",
        "Economic Buyer",
        "Economic Decision Maker",
        "Evaluator",
        "Executive Sponsor",
        "Influencer",
        "Technical Buyer",
        "Other",
    ),
}
LABELS = {"Forecast": "Commit", "BestCase": "Best Case", "MostLikely": "Most Likely"}

# The stages of a new Developer org: name, probability, forecast category, and what they mean.
STAGES: tuple[tuple[str, int, str, str], ...] = (
    ("Prospecting", 10, "Pipeline", "open"),
    ("Qualification", 10, "Pipeline", "open"),
    ("Needs Analysis", 20, "Pipeline", "open"),
    ("Value Proposition", 50, "Pipeline", "open"),
    ("Id. Decision Makers", 60, "Pipeline", "open"),
    ("Perception Analysis", 70, "Pipeline", "open"),
    ("Proposal/Price Quote", 75, "Pipeline", "open"),
    ("Negotiation/Review", 90, "Pipeline", "open"),
    ("Closed Won", 100, "Closed", "won"),
    ("Closed Lost", 0, "Omitted", "lost"),
)
# The objects that Bulk API 2.0 does not read.
NOT_IN_BULK = frozenset({"UserRecordAccess", "OpportunityStage", "Period", "CurrencyType"})
# Those that carry a currency of their own where the org has several.
WITH_CURRENCY = frozenset(
    "Opportunity Account Contact OpportunityHistory OpportunityLineItem Product2 ForecastingQuota User Event Task".split()
)
