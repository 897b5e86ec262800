"""Official limits: read a file of statistical sectors or communes, check it, put it in force."""
