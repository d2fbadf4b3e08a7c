<?php

$prefix = 'https://aws.amazon.com/SAML/Attributes/';

$config = [
    'people' => [
        'exampleauth:UserPass',
        'ann:open-sesame' => [
            'mail' => ['ann@example.com'],
            'displayName' => ['Ann Archer'],
            'groups' => ['engineering', 'on-call'],
            $prefix . 'AccessControl:Department' => ['Engineering'],
            $prefix . 'AccessControl:Site' => ['Zürich / HQ'],
        ],
        'ben:open-barley' => [
            'mail' => ['ben@example.com'],
            'displayName' => ['Ben Baker'],
            'groups' => ['finance'],
            $prefix . 'PrincipalTag:Department' => ['Finance'],
            $prefix . 'PrincipalTag:CostCenter' => ['CC-0815'],
            $prefix . 'TransitiveTagKeys' => ['CostCenter'],
        ],
    ],
];
