"""Right templates, as people write them, and the field lists that they go with.

Belongs here: what the tests of the validator share. Does not: tests.
"""

FIELDS = (
    "firstName",
    "lastName",
    "fullName",
    "company",
    "jobTitle",
    "email",
    "location",
    "industry",
    "senderFirstName",
    "senderLastName",
)
CUSTOM = ("subject_line", "line1", "employees", "vip")

FILLED = {
    "firstName": "Anna",
    "lastName": "Schmidt",
    "fullName": "Anna Schmidt",
    "company": "Acme",
    "jobTitle": "Head of Sales",
    "email": "anna@acme.example",
    "location": "Berlin",
    "industry": "SaaS",
    "senderFirstName": "Talha",
    "senderLastName": "Khan",
    "custom": {
        "subject_line": "your launch",
        "line1": "Saw your talk",
        "employees": "250",
        "vip": True,
    },
}

RIGHT = (
    "Hi {{firstName}}, I'd love to connect.",
    "Hi {{ firstName }}, how is {{ company }} doing?",
    "Hi {{firstName | default: 'there'}}, quick question about {{company}}.",
    'Hey {{ firstName | default: "there" }}! Are you still with {{ company }}?',
    "{{ firstName | capitalize }}, loved {{ custom.line1 }} - {{senderFirstName}}",
    "{% if company %}I saw {{ company }} is hiring{% endif %}, {{ firstName }}.",
    "{% if company %}at {{ company }}{% else %}in {{ industry }}{% endif %}",
    "Hi {{ firstName }}{% if jobTitle %}, as {{ jobTitle }}{% endif %}, a question:",
    "{% unless location == blank %}How is {{ location }}?{% endunless %} Best",
    "{% if industry == 'SaaS' %}SaaS people{% elsif industry == 'Retail' %}"
    "Shop people{% else %}People{% endif %} like you, {{ firstName }}",
    "{% case industry %}{% when 'SaaS', 'Software' %}software{% when 'Retail' %}"
    "shops{% else %}your field{% endcase %} is hard, {{ firstName }}",
    "{% assign name = firstName | default: 'there' %}Hi {{ name }}, hello {{ name }}",
    "{% capture place %}{{ company }}, {{ location }}{% endcapture %}In {{ place }}?",
    "{% comment %}ask {{ Bob }} {about} this{% endcomment %}Hi {{ firstName }}",
    "Use {% raw %}{{ firstName }}{% endraw %} for the name, {{ firstName }}.",
    "{%- if company -%}\n{{ company }}\n{%- endif -%}\nHello {{ firstName }}",
    "Hi {{ firstName -}}\n, bye",
    "{{ fullName | split: ' ' | first | default: 'there' }}, hi",
    "{{ company | replace: 'Inc.', '' | strip | truncate: 30 }} looks good",
    "{{custom.subject_line}}",
    "Re: {{ custom.subject_line | default: 'your work' | downcase }}",
    "{% if custom.vip %}Dear {{ lastName }}{% else %}Hi {{ firstName }}{% endif %}",
    "{% if custom.employees > 100 %}a big team{% else %}a small team{% endif %}",
    "{% if company != blank and jobTitle != '' %}{{ jobTitle }} at {{ company }}"
    "{% endif %} ok",
    "{% if jobTitle contains 'Sales' %}Sales, right?{% endif %} {{ firstName }}",
    "{Hi|Hello} {{firstName}}, {quick|short} question",
    "{Hi {{firstName}}|Hello {{firstName}}}, 100% free [1] [site](https://a.example)",
    "a { color: red } 50% {x} } { (see [2]) {{ firstName }} #hash @company $5 <3",
    "{% echo firstName | upcase %} and {{ 'Acme' | append: '!' }}",
    "Hallo {{ firstName }} 👋🏽,\n\tgrüße aus {{ location | default: 'Köln' }} "
    "日本 {{ company }}",
    "{%if company%}{{company}}{%else%}you{%endif%} {{email}}",
    "{{ firstName | slice: 0, 1 | upcase }}. {{ lastName }}",
    "{% if firstName.size > 3 %}{{ firstName }}{% else %}friend{% endif %}",
    "{% # greet by name %}Hi {{ firstName }}",
    "{% unless company %}Hi{% else %}Hi {{ company }}{% endunless %}",
    "Hi {{firstName}},\r\n\r\nI work with {{industry}} teams.\r\n{{senderFirstName}} "
    "{{senderLastName}}",
    "{{ custom['line1'] }} {{ location | prepend: 'in ' | default: 'near you' }}",
    "{% assign words = jobTitle | split: ' ' %}{{ words[0] }} {{ words.last }}",
)
