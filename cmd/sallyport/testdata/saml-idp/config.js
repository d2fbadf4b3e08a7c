// Whom saml-idp vouches for, and the attributes that it may say of them.
const department = 'https://aws.amazon.com/SAML/Attributes/AccessControl:Department'

const attribute = (id, multiValue) => ({ id, multiValue, optional: false, displayName: id, description: id })

module.exports = {
  user: {
    userName: 'chloe@example.com',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    displayName: 'Chloe Carter',
    groups: 'engineering,contractors',
    [department]: 'Research',
  },
  metadata: [attribute('displayName', false), attribute('groups', true), attribute(department, false)],
}
